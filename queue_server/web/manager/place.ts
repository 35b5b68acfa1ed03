// A node's place and a machine that wants one, as the server tells them.
export interface Place {
  node: string;
  kind: "kiosk" | "display";
  file: string;
  version: number;
  changed_at: string;
}

export interface Machine {
  kind: "kiosk" | "display";
  host: string;
  software: string;
  asked_at: string;
}
