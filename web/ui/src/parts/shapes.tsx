/** Small drawings. Each tone has a shape of its own, so that colour is never needed to tell them apart. */
import type { ComponentChildren } from "preact";
import type { Tone } from "../standing";

function Drawing({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <svg class={`drawing ${name}`} viewBox="0 0 24 24" aria-hidden="true">
      {children}
    </svg>
  );
}

export function Shape({ tone }: { tone: Tone }) {
  switch (tone) {
    case "good":
      return (
        <Drawing name="shape">
          <circle cx="12" cy="12" r="9" fill="currentColor" />
        </Drawing>
      );
    case "watch":
      return (
        <Drawing name="shape">
          <path d="M12 2 22 12 12 22 2 12Z" fill="none" stroke="currentColor" stroke-width="3.5" stroke-linejoin="round" />
        </Drawing>
      );
    case "act":
      return (
        <Drawing name="shape">
          <path d="M12 2.5 23 21.5H1Z" fill="currentColor" />
        </Drawing>
      );
    default:
      return (
        <Drawing name="shape">
          <circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="3" />
        </Drawing>
      );
  }
}

const LINES: Record<string, string> = {
  voice: "M6.5 3.5 9 8 7 10a13 13 0 0 0 7 7l2-2 4.500 2.500-.8 3.200c-9 .8-17-7.500-16.400-16.400Z",
  mail: "M3 5.500h18v13H3Zm0 .8 9 6.700 9-6.700",
  chat: "M4 5h16v11h-9l-4.500 4v-4H4Z",
  whatsapp: "M4 20l1.300-4.200A8.300 8.300 0 1 1 8.300 18.800ZM9 9.500c.3 2.800 2.600 5.200 5.500 5.500",
  social: "M8 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0Zm14-6.500a3 3 0 1 1-6 0 3 3 0 0 1 6 0Zm0 13a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM7.700 10.700 16.300 6.700M7.700 13.300l8.600 4",
  video: "M3 6.500h12v11H3Zm12 4.500 6-3.500v9L15 13",
  callback: "M20 12a8 8 0 1 1-2.500-5.800M18 2.500v4h-4M12 8v4.500l3 2",
  theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9Z",
  screen: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  thanks: "M12 20C5 15 3 11.500 3 8.500a4.500 4.500 0 0 1 9-.8 4.500 4.500 0 0 1 9 .8c0 3-2 6.500-9 11.500Z",
  advice: "M9 18.500h6M10 21.500h4M12 2.500a6.500 6.500 0 0 0-3.600 11.900c.6.500.9 1 .9 1.600h5.400c0-.6.3-1.100.9-1.600A6.500 6.500 0 0 0 12 2.500Z",
  notice: "M4 10v4h3l6 4.500v-13L7 10ZM17 9a4 4 0 0 1 0 6",
  outage: "M13 2.500 5 13.500h6l-1 8 8-11h-6Z",
  close: "M5 5l14 14M19 5 5 19",
  up: "M5 15l7-7 7 7",
  down: "M5 9l7 7 7-7",
  edit: "M4 20l1-4.500L16.500 4a2.100 2.100 0 0 1 3 0l.5.5a2.100 2.100 0 0 1 0 3L8.500 19Z",
};

/** An outline; nothing for a name it does not know. */
export function Icon({ name }: { name: string }) {
  const path = LINES[name];
  if (!path) return null;
  return (
    <Drawing name="icon">
      <path d={path} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" />
    </Drawing>
  );
}

/** The mark: a beam with two weights that hold each other. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M5 22h22" stroke="currentColor" stroke-width="2.500" stroke-linecap="round" />
      <circle class="mark-quality" cx="10" cy="14" r="4.500" />
      <circle class="mark-speed" cx="22" cy="14" r="4.500" />
    </svg>
  );
}
