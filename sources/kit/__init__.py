"""What every adapter shares: HTTP, paging, signatures, values, and the contract suite that judges it (house.md 9)."""
