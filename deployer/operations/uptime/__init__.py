"""Whether hubs answer, as somebody sees it who has nothing but their addresses."""
