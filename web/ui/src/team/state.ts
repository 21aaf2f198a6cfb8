/** What the lead's desk knows, and what can be done there. */
import { signal } from "@preact/signals";
import {
  decodeCoaching,
  decodeTeamPage,
  decodeTeamQueue,
  type Coaching,
  type Dispute,
  type TeamPage,
  type TeamQueue,
} from "../generated/people";
import { ask } from "../people/session";
import { tried } from "../people/trying";

/** An alert as it is sent; its words come in both languages. */
export interface Alert {
  readonly key: string;
  readonly severity: "critical" | "warning" | "info";
  readonly title: { readonly en: string; readonly nl: string };
  readonly description: { readonly en: string; readonly nl: string };
  readonly fired_at: string;
  readonly acknowledged_at: string | null;
}

export interface Scenario {
  readonly agents: number;
  readonly service_level_ratio: number | null;
  readonly mean_wait_seconds: number | null;
  readonly occupancy_ratio: number | null;
}

export interface Staffing {
  readonly queue: string;
  readonly agents: number;
  readonly model: string | null;
  readonly reason: "few_people" | "few_contacts" | null;
  readonly arrivals_per_hour: number | null;
  readonly handle_time_seconds: number | null;
  readonly target: number;
  readonly within_seconds: number;
  readonly agents_needed: number | null;
  readonly scenarios: readonly Scenario[];
}

/** The queues at an instant of today. */
export interface Then {
  readonly at: number;
  readonly queues: readonly TeamQueue[];
}

export const page = signal<TeamPage | null>(null);
/** Null until they have come. */
export const alerts = signal<readonly Alert[] | null>(null);
export const staffing = signal<Staffing | null>(null);
/** The one agent that is looked at, after a reason was given. */
export const coached = signal<Coaching | null>(null);
/** The queues as they were; null: as they are. */
export const then = signal<Then | null>(null);

const ADDRESS = "/api/v1/team";
const person = (agent: string): string => `${ADDRESS}/people/${encodeURIComponent(agent)}`;

/** Whether work waits in the queue for somebody at once, so that it can be planned by the half hour. */
const LIVE = ["voice", "chat", "video", "whatsapp", "callback"];
export const canPlan = (queue: TeamQueue): boolean => LIVE.includes(queue.channel);

export async function load(): Promise<void> {
  await tried(async () => {
    page.value = decodeTeamPage(await ask("GET", ADDRESS));
    const first = page.value.queues.find(canPlan);
    if (first && !staffing.peek()) void plan(first.queue, null);
    alerts.value = (await ask<{ alerts?: Alert[] }>("GET", "/api/v1/alerts")).alerts ?? [];
  });
}

async function does(work: () => Promise<unknown>): Promise<boolean> {
  return tried(async () => {
    await work();
    await load();
  });
}

export const acknowledge = (key: string): Promise<boolean> =>
  does(() => ask("POST", `/api/v1/alerts/${key.split("/").map(encodeURIComponent).join("/")}/acknowledge`));
export const decide = (dispute: string, outcome: NonNullable<Dispute["outcome"]>, answer: string): Promise<boolean> =>
  does(() => ask("POST", `${ADDRESS}/disputes/${encodeURIComponent(dispute)}`, { outcome, answer }));
export const thank = (agent: string, words: string): Promise<boolean> =>
  does(() => ask("POST", `${person(agent)}/thanks`, { words }));
export const review = (agent: string, contact: string, answers: Record<string, boolean>, critical: boolean): Promise<boolean> =>
  does(() => ask("POST", `${person(agent)}/reviews`, { contact, answers, critical_error: critical }));

export async function look(agent: string, reason: string): Promise<void> {
  await tried(async () => void (coached.value = decodeCoaching(await ask("POST", `${person(agent)}/look`, { reason }))));
}

export async function plan(queue: string, agents: number | null): Promise<void> {
  const asked = new URLSearchParams({ queue, ...(agents === null ? {} : { agents: String(agents) }) });
  await tried(async () => void (staffing.value = await ask("GET", `/api/v1/staffing?${asked}`)));
}

export async function goTo(at: number | null): Promise<void> {
  if (at === null) {
    then.value = null;
    return;
  }
  await tried(async () => {
    const found = await ask<{ at: string; queues: unknown[] }>("GET", `${ADDRESS}/at?instant=${new Date(at).toISOString()}`);
    then.value = { at: Date.parse(found.at), queues: found.queues.map(decodeTeamQueue) };
  });
}
