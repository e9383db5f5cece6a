"""Pages that look over everything: home, wards, the map, the desk."""
