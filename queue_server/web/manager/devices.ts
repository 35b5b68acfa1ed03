// Words for a node's device: what it is, how it is, what to do. Codes are those of drivers/errors.py; others stand as the
// node's own sentence.
import { tCode as commonCode } from "@shared/common";
import type { DeviceView } from "@shared/wire";
import { has, tCode } from "./words";

export function deviceName(device: DeviceView): string {
  return commonCode("device.", device.kind, "device.other");
}

/** "no paper" */
export function deviceWords(device: DeviceView): string {
  if (device.health === "ok") return commonCode("health.", "ok", "device.other");
  return has("code.", device.code) ? tCode("code.", device.code, "code.other") : device.detail || device.code;
}

/** What somebody can do about it; "" while all is well. */
export function deviceDo(device: DeviceView): string {
  return device.health === "ok" ? "" : tCode("do.", device.code, "do.other");
}
