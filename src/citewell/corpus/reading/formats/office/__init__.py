"""What Office files have in common: their XML, their packages, what they say about themselves, formulas, charts, symbols."""
