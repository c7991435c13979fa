"""How anything becomes a page: what makes HTML of templates, for the web and for the report of a run alike."""
