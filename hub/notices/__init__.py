"""Telling customers how their orders get on: each milestone once, as they agreed."""
