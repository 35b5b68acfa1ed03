// What in the hall needs somebody now, and what to do about it: read from the live view, worst first. Knows no HTML.
import { t as common } from "@shared/common";
import { textOf } from "@shared/language";
import { clockTime, duration, secondsSince } from "@shared/time";
import type { HallView } from "@shared/wire/staff";
import { deviceDo, deviceName, deviceWords } from "./devices";
import { t } from "./words";

export interface Concern {
  key: string;
  tone: "alarm" | "called";
  what: string;
  todo: string;
}

export function concernsOf(hall: HallView, now_ms: number): Concern[] {
  const concerns = [...unserved(hall), ...late(hall, now_ms), ...pauses(hall, now_ms), ...devices(hall), ...opinions(hall)];
  return concerns.sort((a, b) => Number(b.tone === "alarm") - Number(a.tone === "alarm"));
}

function opinions(hall: HallView): Concern[] {
  const n = hall.opinions.overdue;
  return n ? [{ key: "opinions", tone: "called", what: t("opinions_overdue", { n }), todo: t("opinions_overdue_do") }] : [];
}

/** People wait and no open window serves them. */
function unserved(hall: HallView): Concern[] {
  return hall.services
    .filter((each) => each.waiting > 0 && !hall.windows.some((window) => window.state === "open" && window.services.includes(each.service)))
    .map((each) => {
      const could = hall.windows.filter((window) => window.services.includes(each.service)).map((window) => window.window);
      return {
        key: `unserved-${each.service}`,
        tone: "alarm" as const,
        what: t("unserved", { service: textOf(each.name), n: each.waiting }),
        todo: could.length ? t("unserved_do", { windows: could.join(t("list_separator")) }) : t("unserved_do_settings"),
      };
    });
}

function late(hall: HallView, now_ms: number): Concern[] {
  return hall.services
    .filter((each) => secondsSince(each.longest_wait_since, now_ms) > each.target_wait_s)
    .map((each) => ({
      key: `late-${each.service}`,
      tone: "alarm" as const,
      what: t("late", {
        service: textOf(each.name),
        time: duration(secondsSince(each.longest_wait_since, now_ms)),
        target: duration(each.target_wait_s),
      }),
      todo: t("late_do"),
    }));
}

/** A pause that has lasted longer than its staff member said. */
function pauses(hall: HallView, now_ms: number): Concern[] {
  return hall.windows
    .filter((each) => each.state === "paused" && each.back_at !== null && Date.parse(each.back_at) < now_ms)
    .map((each) => ({
      key: `pause-${each.window}`,
      tone: "called" as const,
      what: t("pause_over", { window: common("window_n", { n: each.window }), time: clockTime(each.back_at ?? "") }),
      todo: t("pause_over_do"),
    }));
}

function devices(hall: HallView): Concern[] {
  return (hall.nodes ?? []).flatMap((node) => {
    if (!node.connected) {
      return [{ key: `node-${node.node}`, tone: "alarm" as const, what: t("node_away", { node: node.node, time: clockTime(node.seen_at) }), todo: t("node_away_do") }];
    }
    return node.devices
      .filter((device) => device.health !== "ok")
      .map((device) => ({
        key: `device-${node.node}-${device.name}`,
        tone: device.health === "failed" ? ("alarm" as const) : ("called" as const),
        what: t("device_ill", { node: node.node, device: deviceName(device), state: deviceWords(device), time: clockTime(device.since) }),
        todo: deviceDo(device),
      }));
  });
}
