"""The hub: everything between a request and the systems that run distribution.

A reader follows a request by reading file names; design section 4 is the map. Imports point inward.
"""
