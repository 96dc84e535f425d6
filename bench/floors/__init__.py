"""What the least possible costs, frozen: a floor never rises because the portal does more than it did."""
