/* The map of `wardbook boundaries check --map`: outlines with their names, overlaps, gaps and repairs with their numbers.
   Words go in as text. */
"use strict";

(function () {
  const told = JSON.parse(document.getElementById("told").textContent);
  document.getElementById("map").hidden = false;
  const map = L.map("map", { preferCanvas: true, zoomSnap: 0.5, maxZoom: 22 });
  map.attributionControl.setPrefix(false);
  map.fitBounds([[told.box[1], told.box[0]], [told.box[3], told.box[2]]], { padding: [12, 12] });

  L.geoJSON(told.areas, {
    style: { color: "#505a5f", weight: 1, fillColor: "#b1b4b6", fillOpacity: 0.15 },
    onEachFeature: (feature, layer) => layer.bindTooltip(asText(feature.properties.label), { sticky: true }),
  }).addTo(map);
  told.repairs.forEach((fault, place) => draw(fault, "repair", "R" + (place + 1), "#4c2c92"));
  told.overlaps.forEach((fault, place) => draw(fault, "overlap", "O" + (place + 1), "#b54700"));
  told.gaps.forEach((fault, place) => draw(fault, "gap", "G" + (place + 1), "#1d4ed8"));

  const names = L.layerGroup().addTo(map);
  map.createPane("names").style.zIndex = 550; // over the areas, under the numbers
  map.on("moveend", showNames);
  showNames();

  /* The names of the areas in sight, so many as have room beside each other. */
  function showNames() {
    const taken = [];
    names.clearLayers();
    for (const { properties } of told.areas.features) {
      if (taken.length >= 200 || !map.getBounds().contains(properties.at)) continue;
      const at = map.latLngToContainerPoint(properties.at);
      const name = properties.name.length > 40 ? properties.name.slice(0, 39) + "…" : properties.name;
      const half = 4 * name.length + 2;
      const box = [at.x - half, at.y - 9, at.x + half, at.y + 9];
      if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
      taken.push(box);
      names.addLayer(L.tooltip(properties.at, { content: asText(name), permanent: true, direction: "center", className: "wb-name", pane: "names" }));
    }
  }

  function asText(words) {
    const span = document.createElement("span");
    span.textContent = words;
    return span;
  }

  function draw(fault, kind, number, colour) {
    const row = document.getElementById(kind + "-" + number.slice(1));
    const shape = L.geoJSON(fault.shape, { style: { color: colour, weight: 2, fillColor: colour, fillOpacity: 0.5 } }).addTo(map);
    const icon = L.divIcon({ className: "wb-number number-" + kind, html: asText(number), iconSize: [8 + 9 * number.length, 24] });
    const marker = L.marker([fault.lat, fault.lon], { icon, alt: number, title: number }).addTo(map);
    marker.on("click", () => point(row, true));
    const button = document.createElement("button");
    button.type = "button";
    button.className = "show";
    button.textContent = number;
    button.setAttribute("aria-label", number + ": show on the map");
    button.addEventListener("click", () => {
      map.fitBounds(shape.getBounds(), { padding: [40, 40], maxZoom: 19 });
      point(row, false);
    });
    row.querySelector("th").replaceChildren(button);
  }

  function point(row, move) {
    for (const other of document.querySelectorAll("tr.shown")) other.classList.remove("shown");
    row.classList.add("shown");
    if (move) {
      row.scrollIntoView({ block: "center" });
      row.querySelector("button").focus({ preventScroll: true });
    }
  }
})();
