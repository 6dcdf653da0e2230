"""Which moves are legal: phases, the plan that orders them, and the machine that drives them."""
