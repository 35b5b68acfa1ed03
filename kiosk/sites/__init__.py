"""Web sites at the kiosk (网上办事): a browser of its own for each visit, seen and touched through our page only."""
