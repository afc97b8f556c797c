"""Topics of computed values that take more than a few lines, a module for each theme."""
