/** What views are made of. */

export { Age, Moment } from "./age";
export { bytes, count, duration } from "./amounts";
export { Button } from "./button";
export { Dialog } from "./dialog";
export { bound, Choice, fields, TextField, Tick } from "./field";
export { List } from "./list";
export { More } from "./more";
export { NotYet } from "./not-yet";
export { DockLink, DockPick, MissionPick } from "./pick";
export { Problem } from "./problem";
export { ReasonButton, ReasonDialog } from "./reasoned";
export { SagaLink } from "./saga";
export { Secret } from "./secret";
export { useSeen } from "./seen";
export { StatusTag, Tag, type Tone } from "./tag";
