// A picture out of a file, made small enough to be sent, and its id at the server. Knows no form.
import { useAsk } from "./ask";
import { API } from "@shared/wire/contract";

/** Base64 of it fits a request with room to spare. */
const MOST_BYTES = 180_000;

/** The picture's id, or null with a refusal in `ask.state`; `broken` when this browser cannot read the file. */
export async function sendPicture(file: File, side_px: number, ask: ReturnType<typeof useAsk>): Promise<string | null | "broken"> {
  let jpeg: Blob;
  try {
    jpeg = await asJpeg(file, side_px);
  } catch {
    return "broken";
  }
  const { answer } = await ask.ask<{ picture: string }>("picture", `${API}/pictures`, { data: await base64(jpeg) }, { keyed: false });
  return answer?.picture ?? null;
}

async function asJpeg(file: File, side_px: number): Promise<Blob> {
  const bitmap = await createImageBitmap(file);
  for (let side = side_px; ; side *= 0.8) {
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale))];
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    if (!blob) throw new Error("no picture");
    if (blob.size <= MOST_BYTES) return blob;
  }
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
