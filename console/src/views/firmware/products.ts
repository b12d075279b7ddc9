/** What firmware is for, as DJI's product support page names it: the docks, and the aircraft that live in them. */

interface Product {
  key: string;
  name: string;
  target: "dock" | "aircraft";
  /** Key of the dock: its own, or the aircraft's. */
  dock: string;
}

export const PRODUCTS: readonly Product[] = [
  { key: "3-1-0", name: "Dock 1", target: "dock", dock: "3-1-0" },
  { key: "0-67-0", name: "Matrice 30", target: "aircraft", dock: "3-1-0" },
  { key: "0-67-1", name: "Matrice 30T", target: "aircraft", dock: "3-1-0" },
  { key: "3-2-0", name: "Dock 2", target: "dock", dock: "3-2-0" },
  { key: "0-91-0", name: "Matrice 3D", target: "aircraft", dock: "3-2-0" },
  { key: "0-91-1", name: "Matrice 3TD", target: "aircraft", dock: "3-2-0" },
  { key: "3-3-0", name: "Dock 3", target: "dock", dock: "3-3-0" },
  { key: "0-100-0", name: "Matrice 4D", target: "aircraft", dock: "3-3-0" },
  { key: "0-100-1", name: "Matrice 4TD", target: "aircraft", dock: "3-3-0" },
];

/** The dock that a package goes to, itself or for its aircraft; undefined for a product that is not in the table. */
export const dockOfProduct = (key: string): string | undefined => PRODUCTS.find((each) => each.key === key)?.dock;
