"""What scripts and operators ask for, below `/-/`: most of it with a token, and none of it from other pages."""
