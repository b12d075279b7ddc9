/** What views are made of. */

export { Age, Moment } from "./age";
export { Button } from "./button";
export { Dialog } from "./dialog";
export { Choice, TextField, Tick } from "./field";
export { List } from "./list";
export { Problem } from "./problem";
export { SagaLink } from "./saga";
export { useSeen } from "./seen";
export { StatusTag, Tag, type Tone } from "./tag";
