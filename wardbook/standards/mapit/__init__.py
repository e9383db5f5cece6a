"""MapIt's web API over our own boundary sets, so that a program written for mySociety's MapIt works unchanged.

Addresses, the names in its JSON and what it refuses are those of MapIt's documentation. Its areas, their types and its
generations are ours: an area's id is its row's, a type's word comes from the settings, and a generation is the stretch
of days between two changes of any boundary set. Points, areas and relations are answered from memory.
"""

from wardbook.standards.mapit import area_views, areas_views, front, point_views, postcode_views
from wardbook.standards.mapit.answers import bp

__all__ = ["area_views", "areas_views", "bp", "front", "point_views", "postcode_views"]
