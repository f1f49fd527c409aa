"""One package a feature: routes, forms, words, what waits, templates."""
