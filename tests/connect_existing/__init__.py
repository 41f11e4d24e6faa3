"""A hub connected to three systems that are full of orders already: it touches none of them (issue 6, proof 6)."""
