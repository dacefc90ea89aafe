"""How much, and how sure: data, measures, engines, inference, panels, curves, small areas."""
