/* One map in its frame: draws what the page's JSON holds. People's words go in as text, never as HTML. */
"use strict";

function wardbookMap(map) {
  const told = JSON.parse(document.getElementById("told").textContent);
  const bounds = L.latLngBounds([told.box[1], told.box[0]], [told.box[3], told.box[2]]);
  map.attributionControl.setPrefix(false);
  if (told.attribution) map.attributionControl.addAttribution(escapeText(told.attribution));
  map.options.maxZoom = 19;
  leaveOneFingerToThePage(map);
  map.fitBounds(bounds, { padding: [12, 12] });

  if (told.tiles) L.tileLayer(told.tiles, { maxZoom: 19 }).addTo(map);
  else drawBackdrop(map);
  if (told.outlines) drawOutlines(map, told.outlines);
  else drawWards(map);
  if (told.place) {
    L.geoJSON(told.place, { interactive: false, style: { className: "wb-place" + asLine(told.place), weight: 3, fillOpacity: 0.06 },
      pointToLayer: (feature, at) => L.circleMarker(at, { radius: 7 }) }).addTo(map);
  }
  if (told.things) drawThings(map, told.things);
  if (told.use === "pin") pinTool(map, told);
  if (["draw", "line"].includes(told.use)) drawTool(map, told);
}

/* One finger scrolls the page past the map, two move the map: nobody is held in it on a phone. */
function leaveOneFingerToThePage(map) {
  if (!window.matchMedia("(pointer: coarse)").matches) return;
  map.dragging.disable();
  const told = L.DomUtil.create("p", "wb-two-fingers", map.getContainer());
  told.textContent = "Move the map with two fingers";
  L.DomEvent.on(map.getContainer(), "touchmove", (event) => told.classList.toggle("wb-two-fingers--shown", event.touches.length === 1));
  L.DomEvent.on(map.getContainer(), "touchend", () => told.classList.remove("wb-two-fingers--shown"));
}

/* A line encloses nothing, so nothing is filled. */
function asLine(feature) {
  return feature.geometry.type.endsWith("LineString") ? " wb-shape--line" : "";
}

function escapeText(words) {
  const span = document.createElement("span");
  span.textContent = words;
  return span.innerHTML;
}

function drawBackdrop(map) {
  if (!window.wardbookBackdrop) return;
  const pane = map.createPane("backdrop");
  pane.style.zIndex = 150;
  pane.style.pointerEvents = "none";
  const widths = { river: 4, railway: 2, road_main: 3, road_street: 1.2, highstreet: 4 };
  const renderer = L.svg({ pane: "backdrop", padding: 0.5 });
  L.geoJSON(window.wardbookBackdrop, {
    pane: "backdrop", renderer, interactive: false,
    filter: (feature) => !["place", "station"].includes(feature.properties.class),
    style: (feature) => ({ className: "wb-b wb-b--" + feature.properties.class, weight: widths[feature.properties.class] || 1 }),
  }).addTo(map);
  for (const feature of window.wardbookBackdrop.features) {
    if (!["place", "station"].includes(feature.properties.class) || feature.geometry.type !== "Point") continue;
    const [lon, lat] = feature.geometry.coordinates;
    L.marker([lat, lon], { pane: "backdrop", interactive: false, keyboard: false, icon: label(feature.properties.name,
      "wb-b-name wb-b-name--" + (feature.properties.rank || feature.properties.class)) }).addTo(map);
  }
  const far = () => map.getContainer().classList.toggle("wb-far", map.getZoom() < 12.5);
  map.on("zoomend", far);
  far();
}

function label(words, classes) {
  const span = document.createElement("span");
  span.textContent = words;
  return L.divIcon({ className: classes, html: span, iconSize: null });
}

function drawWards(map) {
  if (!window.wardbookWards) return;
  const pane = map.createPane("wards");
  pane.style.zIndex = 350;
  pane.style.pointerEvents = "none";
  L.geoJSON(window.wardbookWards, { pane: "wards", interactive: false, style: { className: "wb-ward", weight: 1.5 } }).addTo(map);
}

function drawOutlines(map, outlines) {
  for (const [which, shapes] of Object.entries(outlines)) {
    L.geoJSON(shapes, { interactive: false, style: { className: "wb-outline wb-outline--" + which, weight: 3, fill: false } }).addTo(map);
  }
}

function drawThings(map, things) {
  const cluster = L.markerClusterGroup({
    maxClusterRadius: 44, showCoverageOnHover: false, animate: false, spiderfyOnMaxZoom: true,
    iconCreateFunction: (group) => L.divIcon({
      className: "wb-cluster", iconSize: [40, 40], html: String(group.getChildCount()) }),
  });
  const size = { minWidth: 160, maxWidth: Math.min(300, map.getSize().x - 110), autoPanPaddingTopLeft: [56, 10] };
  for (const feature of things.features) {
    const kind = feature.properties.kind;
    const name = feature.properties.called + ": " + feature.properties.title + (feature.properties.near ? ", " + feature.properties.near : "");
    if (feature.geometry.type !== "Point") {
      L.geoJSON(feature, { style: { className: "wb-shape wb-shape--" + kind + asLine(feature), weight: 3, fillOpacity: 0.15 } })
        .bindPopup(() => popup(feature.properties), size).addTo(map);
    }
    const [lon, lat] = feature.properties.at;
    const rough = feature.properties.near ? " wb-pin--rough" : "";
    if (feature.properties.within) {
      L.circle([lat, lon], { radius: feature.properties.within, className: "wb-rough", weight: 2, fillOpacity: 0.08, interactive: false }).addTo(map);
    }
    const icon = L.divIcon({ className: "wb-pin wb-pin--" + kind + " wb-pin--" + feature.properties.family + rough, iconSize: [26, 26] });
    L.marker([lat, lon], { icon, title: name, alt: name, riseOnHover: true })
      .bindPopup(() => popup(feature.properties), size).addTo(cluster);
  }
  cluster.addTo(map);
  nameClusters(cluster, map);
  keepFocus(map);
}

/* A cluster's number alone says nothing to somebody who hears it. */
function nameClusters(cluster, map) {
  const name = () => cluster._featureGroup.eachLayer((layer) => {
    if (layer.getChildCount && layer._icon) {
      layer._icon.setAttribute("role", "button");
      layer._icon.setAttribute("aria-label", layer.getChildCount() + " entries close together: zoom in");
    }
  });
  map.on("zoomend moveend layeradd", name);
  name();
}

function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function popup(told) {
  const box = document.createElement("div");
  box.className = "wb-popup";
  const link = document.createElement("a");
  link.href = told.url;
  link.target = "_top";
  link.textContent = told.title;
  const facts = document.createElement("p");
  facts.textContent = [told.called, told.category, told.state].filter(Boolean).map(capital).join(" · ");
  const when = document.createElement("p");
  when.textContent = told.told_on;
  box.append(link, facts, when);
  if (told.near) {
    const near = document.createElement("p");
    near.textContent = "Shown roughly: " + told.near;
    box.append(near);
  }
  return box;
}

function keepFocus(map) {
  map.on("popupopen", (event) => {
    const link = event.popup.getElement().querySelector("a");
    if (link) link.focus({ preventScroll: true });
    event.popup.getElement().addEventListener("keydown", (key) => {
      if (key.key !== "Escape") return;
      map.closePopup();
      const marker = event.popup._source;
      if (marker && marker._icon) marker._icon.focus();
    });
  });
}

function tellParent(message) {
  const origin = JSON.parse(document.getElementById("told").textContent).origin;
  window.parent.postMessage(Object.assign({ from: "wardbook map" }, message), origin);
}

function pinTool(map, told) {
  let marker = null;
  const put = (at) => {
    if (!marker) {
      marker = L.marker(at, { draggable: true, title: "The spot", alt: "The spot", keyboard: true,
        icon: L.divIcon({ className: "wb-spot", iconSize: [30, 42], iconAnchor: [15, 42] }) }).addTo(map);
      marker.on("dragend", () => say(marker.getLatLng()));
      marker._icon.addEventListener("keydown", (key) => nudge(key));
    }
    marker.setLatLng(at);
  };
  const say = (at) => tellParent({ lon: +at.lng.toFixed(6), lat: +at.lat.toFixed(6) });
  const nudge = (key) => {
    const step = { ArrowUp: [0, -8], ArrowDown: [0, 8], ArrowLeft: [-8, 0], ArrowRight: [8, 0] }[key.key];
    if (!step) return;
    key.preventDefault();
    key.stopPropagation();
    const at = map.containerPointToLatLng(map.latLngToContainerPoint(marker.getLatLng()).add(step));
    marker.setLatLng(at);
    say(at);
  };
  if (told.pin) put([told.pin[1], told.pin[0]]);
  map.on("click", (event) => { put(event.latlng); say(event.latlng); });
}

/* What somebody typed may begin like GeoJSON and be none. */
function layersOf(words) {
  try {
    return L.geoJSON(JSON.parse(words)).getLayers();
  } catch {
    return [];
  }
}

/* On a touch screen Leaflet.draw hears each tap twice, as a touch and as the mouse that browsers make of it: the second,
   on the corner that the first put there, ended the line. A finger that scrolls makes no mouse, and puts no corner. */
function hearEachTapOnce() {
  L.Draw.Polyline.prototype._onTouch = L.Util.falseFn;
}

function drawTool(map) {
  hearEachTapOnce();
  let last = null;
  let drawn = null;
  const geometry = (layer) => JSON.stringify(layer.toGeoJSON(7).geometry);
  map.eachLayer((layer) => { if (Object.getPrototypeOf(layer) === L.FeatureGroup.prototype) drawn = layer; });
  map.on("draw:created", (event) => {
    if (last) drawn.removeLayer(last);
    last = event.layer;
    tellParent({ shape: geometry(last) });
  });
  map.on("draw:edited", (event) => event.layers.eachLayer((layer) => tellParent({ shape: geometry(layer) })));
  map.on("draw:deleted", () => { last = null; tellParent({ shape: "" }); });

  /* What was drawn before stands in the form beside the map: after a mistake elsewhere it is drawn again. */
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.from !== "wardbook page") return;
    const again = layersOf(event.data.shape);
    if (again.length !== 1 || last) return;
    last = again[0];
    drawn.addLayer(last);
    if (last.getBounds) map.fitBounds(last.getBounds(), { padding: [40, 40], maxZoom: 17 });
    else map.setView(last.getLatLng(), 16);
  });
  tellParent({ ready: true });
}
