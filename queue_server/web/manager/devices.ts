// Words for a node's device: what it is, how it is, what to do. Codes are those of drivers/errors.py; others stand as the
// node's own sentence.
import { tCode as commonCode } from "@shared/common";
import { clockTime } from "@shared/time";
import type { DeviceView } from "@shared/wire/nodes";
import { has, t, tCode } from "./words";

export function deviceName(device: DeviceView): string {
  return commonCode("device.", device.kind, "device.other");
}

/** "no paper" */
export function deviceWords(device: DeviceView): string {
  if (device.health === "ok") return commonCode("health.", "ok", "device.other");
  return has("code.", device.code) ? tCode("code.", device.code, "code.other", { detail: device.detail }) : device.detail || device.code;
}

/** "Last fault: no paper (10:42)"; "" when there was none since the node's start. */
export function lastFault(device: DeviceView): string {
  const { last_error: code, last_error_at: at } = device.facts ?? {};
  return code && at ? t("last_fault_at", { fault: has("code.", code) ? tCode("code.", code, "code.other", { detail: "" }) : code, time: clockTime(at) }) : "";
}

/** "About 83% of the paper left"; "" when it is not known. */
export function paperLeft(device: DeviceView): string {
  const percent = device.facts?.paper_left_percent;
  return percent === undefined ? "" : t("paper_about", { percent });
}

/** Driver and address, then what the device told of itself. */
export function deviceDetails(device: DeviceView): string[] {
  const { driver, address, firmware, serial } = device.facts ?? {};
  const told = [firmware && t("firmware", { firmware }), serial && t("serial", { serial })];
  return [[driver, address].filter(Boolean).join(" · "), ...told].filter((line): line is string => Boolean(line));
}

/** What somebody can do about it; "" while all is well. */
export function deviceDo(device: DeviceView): string {
  return device.health === "ok" ? "" : tCode("do.", device.code, "do.other");
}
