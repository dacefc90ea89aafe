"""How many villages and households to visit: plans, costs, stages, interim looks."""
