/** Markers: drawn here, so that they follow the page's colours and need no picture from anywhere. */

import L from "leaflet";

const icon = (kind: string, size: number, svg: string): L.DivIcon =>
  L.divIcon({
    className: `map-icon ${kind}`,
    html: `<svg viewBox="-12 -12 24 24" width="${size}" height="${size}" aria-hidden="true">${svg}</svg>`,
    iconSize: [size, size],
    iconAnchor: [size / 2, size / 2],
  });

export const dockIcon = (online: boolean) =>
  icon(
    online ? "dock" : "dock off",
    30,
    '<rect x="-9" y="-9" width="18" height="18" rx="3"/><path d="M-4-4v8M4-4v8M-4 0H4"/>',
  );

/** Points north; `turnTo` turns it. */
export const aircraftIcon = () => icon("aircraft", 34, '<path d="M0-11 8 9 0 4-8 9z"/>');

export const landingIcon = () => icon("landing", 22, '<circle r="9"/><path d="M-4-5v10M4-5v10M-4 0H4"/>');

/** Of a route: `done` have been flown over, `now` is flown to. */
export const waypointIcon = (number: number, state: "done" | "now" | "ahead") =>
  icon(`waypoint ${state}`, 22, `<circle r="10"/><text y="4" text-anchor="middle">${number}</text>`);

export const targetIcon = () => icon("target", 26, '<circle r="8"/><path d="M0-11v7M0 4v7M-11 0h7M4 0h7"/>');

export const handOffIcon = () =>
  icon("hand-off", 26, '<path d="M0-10 10 0 0 10-10 0z"/><path d="M-4-2H4L1-5M4 2h-8l3 3"/>');

/** Degrees clockwise from north. */
export function turnTo(marker: L.Marker, heading: number): void {
  const drawn = marker.getElement()?.querySelector("svg");
  if (drawn) drawn.style.transform = `rotate(${heading}deg)`;
}

/** Put another icon on a marker, only where it is another: the element is made anew by it. */
export function wear(marker: L.Marker, made: L.DivIcon): void {
  if (marker.options.icon?.options.className !== made.options.className) marker.setIcon(made);
}

/** Give a marker a name that is read out, and say the same where it is pointed at. */
export function name(marker: L.Marker, text: string): void {
  const element = marker.getElement();
  if (!element || element.getAttribute("aria-label") === text) return;
  if (!element.hasAttribute("role")) element.setAttribute("role", "img"); // one that can be clicked is a button already
  element.setAttribute("aria-label", text);
  element.setAttribute("title", text);
}
