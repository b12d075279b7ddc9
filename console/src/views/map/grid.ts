/** A grid of metres instead of map tiles: lines at round distances, drawn for what is seen. */

import L from "leaflet";

const CLOSEST = 70; // px between lines
const SVG = "http://www.w3.org/2000/svg";

/** The next of 1, 2, 5, 10, 20 ... that is not under `least`. */
function roundStep(least: number): number {
  const ten = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((each) => each * ten).find((each) => each >= least) ?? ten * 10;
}

/** How far apart the lines are, as people say it. */
const saidStep = (metres: number): string => (metres >= 1000 ? `${metres / 1000} km` : `${metres} m`);

export class MetreGrid extends L.Layer {
  private svg = document.createElementNS(SVG, "svg");
  private lines = document.createElementNS(SVG, "path");
  private said = document.createElementNS(SVG, "text");

  override onAdd(map: L.Map): this {
    const pane = map.getPane("grid") ?? map.createPane("grid");
    this.svg.setAttribute("class", "map-grid");
    this.svg.setAttribute("aria-hidden", "true");
    this.svg.append(this.lines, this.said);
    pane.append(this.svg);
    this.draw();
    return this;
  }

  override onRemove(): this {
    this.svg.remove();
    return this;
  }

  override getEvents() {
    const draw = () => this.draw();
    return { move: draw, zoom: draw, viewreset: draw, resize: draw };
  }

  private draw() {
    const map = this._map;
    const { x: width, y: height } = map.getSize();
    if (!width || !height) return;
    L.DomUtil.setPosition(this.svg as unknown as HTMLElement, map.containerPointToLayerPoint([0, 0]));
    this.svg.setAttribute("width", String(width));
    this.svg.setAttribute("height", String(height));
    // Web Mercator stretches the same in both directions: one step in pixels serves rows and columns.
    const latitude = map.getCenter().lat;
    const perPixel = (40_075_016.686 * Math.cos((latitude * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
    const metres = roundStep(CLOSEST * perPixel);
    const step = metres / perPixel;
    // Lines keep their place on the ground while the map is dragged: they count from the world's pixel origin.
    const corner = map.getPixelBounds().min ?? L.point(0, 0);
    const path: string[] = [];
    for (let x = step - (corner.x % step); x < width; x += step) path.push(`M${x.toFixed(1)} 0V${height}`);
    for (let y = step - (corner.y % step); y < height; y += step) path.push(`M0 ${y.toFixed(1)}H${width}`);
    this.lines.setAttribute("d", path.join(""));
    this.said.textContent = `Grid ${saidStep(metres)}`;
    this.said.setAttribute("x", String(width - 8));
    this.said.setAttribute("y", "18");
    this.said.setAttribute("text-anchor", "end");
  }
}
