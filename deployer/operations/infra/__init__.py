"""Infrastructure: plan it, guard what must not go, build it, and write down what it is called."""
