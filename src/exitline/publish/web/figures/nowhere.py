"""No address: each explorer brings its own."""

urlpatterns: list[object] = []
