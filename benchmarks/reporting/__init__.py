"""What the commands have in common: pages with tables and plots, and what they say of the machine."""
