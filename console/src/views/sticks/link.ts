/**
 * The way to the drc process of one dock: authority by REST, then the WebSocket of docs/drc.md.
 *
 * A connection that is lost is opened again for as long as the dock is still held; who lost it to somebody else, fell
 * silent, or has another window, is told so and tries nothing by itself.
 */

import { batch, signal } from "@preact/signals";
import { type AuthorityView, answer, api, Refused, type SessionView } from "../../api/client";
import { me } from "../../state/session";
import type { Sticks } from "./engine";
import type { Ack, Clipped, Delay, DrcState, Hello, Lost, Push, Refusal } from "./said";

export type Kind = "flight" | "payload";
export type Phase = "none" | "opening" | "open" | "lost" | "ended";

const AGAIN = [300, 700, 1500, 3000]; // ms; then every 3 s
const ANSWER_WITHIN = 30_000; // ms
const SILENT_AFTER = 4000; // ms; a state comes each second
const FULL = 2000; // bytes that wait: sticks that arrive late are worse than none
const OUR_CLOSE = 1000;
const TURNED_AWAY = 1008;
const FINAL = new Set([TURNED_AWAY, 4001, 4002, 4003]); // lost, replaced, released: docs/drc.md

export class Link {
  readonly phase = signal<Phase>("none");
  /** Since when it is so (milliseconds), and what was wrong. */
  readonly since = signal(Date.now());
  readonly problem = signal<Error | null>(null);
  readonly authority = signal<AuthorityView | null>(null);
  readonly hello = signal<Hello | null>(null);
  readonly state = signal<(DrcState & { at: number }) | null>(null);
  readonly delay = signal<(Delay & { at: number }) | null>(null);
  /** Milliseconds from this page to the drc process and back. */
  readonly near = signal<number | null>(null);
  readonly clipped = signal<(Clipped & { at: number }) | null>(null);
  readonly refused = signal<(Refusal & { at: number }) | null>(null);
  /** The newest push of each method. */
  readonly pushes = signal<Record<string, Push>>({});
  readonly alerts = signal<Push[]>([]);
  /** What was taken away, to be told in a dialog. */
  readonly lost = signal<Lost | null>(null);

  private socket: WebSocket | null = null;
  private over = false;
  private tries = 0;
  private timer: number | undefined;
  private number = 0;
  private heardAt = 0;
  private pinged = { id: 0, at: 0 };
  /** What we are giving back: its loss is no news. */
  private readonly returning = new Set<Kind>();
  private readonly asked = new Map<number, (said: Ack | Refusal) => void>();

  constructor(readonly sn: string) {}

  get holds(): Kind[] {
    return this.phase.value === "open" ? (this.state.value?.kinds ?? this.hello.value?.kinds ?? []) : [];
  }

  /** Who has what, as the API says. Throws Refused. */
  async look(): Promise<void> {
    const params = { path: { sn: this.sn } };
    this.authority.value = await answer(api.GET("/v1/docks/{sn}/authority", { params }));
  }

  /** Take one of both, and connect. Throws Refused. */
  async take(kind: Kind, force?: { reason: string }): Promise<void> {
    const session = await this.session(kind, force);
    if (this.over) return;
    this.problem.value = null;
    if (this.socket && this.phase.peek() === "open" && this.hello.peek()?.session === session.session) return;
    this.tries = 0;
    this.open(session);
  }

  async release(kind: Kind): Promise<void> {
    const params = { path: { sn: this.sn }, query: { kind } };
    this.returning.add(kind);
    try {
      this.authority.value = await answer(api.DELETE("/v1/docks/{sn}/authority", { params }));
    } catch (error) {
      this.returning.delete(kind);
      throw error;
    }
  }

  /** Send sticks; none are sent where those before still wait to go out. False: not sent. */
  sticks(sticks: Sticks): boolean {
    return (this.socket?.bufferedAmount ?? 0) < FULL && this.send({ type: "sticks", ...sticks });
  }

  /** To be called now and then: a connection that says nothing any more is given up. */
  watch(): void {
    const { socket } = this;
    if (socket === null || Date.now() - this.heardAt < SILENT_AFTER) return;
    this.socket = null;
    socket.close();
    this.closed(0, "", this.state.peek()?.kinds ?? []);
  }

  ping(): void {
    this.number += 1;
    this.pinged = { id: this.number, at: performance.now() };
    this.send({ type: "ping", id: this.number });
  }

  /** Have a command carried out; what the dock answered. Throws Refused for what was refused or not answered. */
  command(method: string, data: Record<string, unknown> = {}): Promise<Ack> {
    this.number += 1;
    const id = this.number;
    return new Promise((resolve, reject) => {
      const refuse = (title: string, detail: string, more: Partial<Refused["problem"]> = {}) =>
        reject(new Refused({ title, detail, status: 409, ...more }));
      const timer = setTimeout(() => {
        this.asked.delete(id);
        refuse("No answer", `Nothing was heard of ${method} within ${ANSWER_WITHIN / 1000} s.`);
      }, ANSWER_WITHIN);
      this.asked.set(id, (said) => {
        clearTimeout(timer);
        this.asked.delete(id);
        if (said.type === "refused")
          return refuse("Refused", said.detail, { cure: said.cure, field: said.field ?? undefined });
        if (said.ok) return resolve(said);
        if (said.result === null) return refuse("No answer", `The dock did not answer ${method} in time.`);
        refuse("The dock refused", `${method}: ${said.meaning}`, { code: said.result });
      });
      if (!this.send({ type: "command", id, method, data })) {
        clearTimeout(timer);
        this.asked.delete(id);
        refuse("Not sent", "There is no connection to the sticks.", { cure: "Take the sticks first." });
      }
    });
  }

  /** Give everything back and go; also where the page goes away. */
  leave(): void {
    this.over = true;
    clearTimeout(this.timer);
    if (this.send({ type: "release" })) this.socket?.close(OUR_CLOSE);
    this.socket = null;
  }

  private async session(kind: Kind, force?: { reason: string }): Promise<SessionView> {
    const body = { kind, force: force !== undefined, reason: force?.reason };
    const found = await answer(api.POST("/v1/docks/{sn}/authority", { params: { path: { sn: this.sn } }, body }));
    this.authority.value = { sn: found.sn, flight: found.flight, payload: found.payload };
    return found;
  }

  private stand(phase: Phase) {
    if (this.phase.peek() !== phase) this.since.value = Date.now();
    this.phase.value = phase;
  }

  private open(session: SessionView) {
    clearTimeout(this.timer);
    const before = this.socket;
    this.socket = null;
    before?.close(OUR_CLOSE);
    const kinds = this.state.peek()?.kinds ?? [];
    this.stand("opening");
    this.heardAt = Date.now();
    const socket = new WebSocket(session.url, ["bearer", session.ticket]);
    this.socket = socket;
    socket.onmessage = (event) => {
      if (this.socket === socket) batch(() => this.hear(JSON.parse(event.data)));
      if (this.phase.peek() === "open") this.heardAt = Date.now();
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.closed(event.code, event.reason, this.state.peek()?.kinds ?? kinds);
    };
  }

  private closed(code: number, reason: string, held: Kind[]) {
    for (const settle of [...this.asked.values()])
      settle({ type: "refused", of: "command", detail: "The connection was lost before the answer came." });
    this.state.value = null;
    this.hello.value = null;
    this.delay.value = null;
    this.near.value = null;
    this.pushes.value = {};
    if (this.over) return;
    void this.look().catch(() => {});
    if (FINAL.has(code)) {
      this.stand("ended");
      if (code === TURNED_AWAY) this.problem.value = new Refused({ title: "Not connected", detail: reason });
      return;
    }
    this.stand("lost");
    this.later(held.length > 0 ? held : ["flight"]);
  }

  private later(kinds: Kind[]) {
    const wait = AGAIN[Math.min(this.tries, AGAIN.length - 1)];
    this.tries += 1;
    this.timer = window.setTimeout(() => this.back(kinds), wait);
  }

  /** Back to what we still hold; what ran out meanwhile is not taken anew by itself. */
  private async back(kinds: Kind[]) {
    try {
      await this.look();
      const mine = kinds.filter((kind) => this.authority.value?.[kind]?.user === me.value?.user);
      const first = mine[0];
      if (first === undefined) {
        this.lost.value = { type: "lost", kinds, reason: "silence", detail: "The connection was away for too long." };
        this.stand("ended");
        return;
      }
      const session = await this.session(first);
      if (!this.over) this.open(session);
    } catch (error) {
      this.problem.value = error as Error;
      if (!this.over) this.later(kinds);
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: the messages of docs/drc.md, told apart by their type
  private hear(said: any) {
    const at = Date.now();
    if (said.type === "hello") {
      this.hello.value = said;
      this.tries = 0;
      this.problem.value = null;
      this.stand("open");
    } else if (said.type === "state") {
      this.state.value = { ...said, at };
      this.shown(said);
    } else if (said.type === "delay") this.delay.value = { ...said, at };
    else if (said.type === "pong") {
      if (said.id === this.pinged.id) this.near.value = Math.round(performance.now() - this.pinged.at);
    } else if (said.type === "clipped") this.clipped.value = { ...said, at };
    else if (said.type === "up")
      this.pushes.value = { ...this.pushes.peek(), [said.method]: { method: said.method, data: said.data, at } };
    else if (said.type === "alert")
      this.alerts.value = [{ method: said.method, data: said.data, at }, ...this.alerts.peek()].slice(0, 5);
    else if (said.type === "lost") {
      const ours = said.reason === "given back" || said.kinds?.every((kind: Kind) => this.returning.has(kind));
      this.returning.clear();
      if (!ours) this.lost.value = said;
    } else if (said.type === "ack") this.asked.get(said.id)?.(said);
    else if (said.type === "refused") {
      const settle = said.of === "command" ? this.asked.get(said.id) : undefined;
      if (settle) settle(said);
      else this.refused.value = { ...said, at };
    }
  }

  /** What `state` says of holders is newer than what was read. */
  private shown(state: DrcState) {
    const known = this.authority.peek();
    const differs = (["flight", "payload"] as const).some((kind) => (known?.[kind]?.user ?? null) !== state[kind]);
    if (differs && state.flight !== undefined) void this.look().catch(() => {});
  }

  private send(message: Record<string, unknown>): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }
}
