// Appointments, the slots they are for, and how many came: the mirror of queue_server/wire/appointments.py, by hand. Knows only shapes.

export interface AppointmentView {
  appointment_id: string;
  code: string;
  service: string;
  slot: string;
  day: string;
  time: string;
  state: "booked" | "checked_in" | "cancelled" | "missed";
  timing: string | null;
  ticket_id: string | null;
  label: string | null;
  masked_name?: string | null;
}

/** An appointment as a kiosk's own node tells its page: without the code. */
export type BookedView = Pick<AppointmentView, "appointment_id" | "service" | "slot" | "day" | "time">;

export interface SlotView {
  slot: string;
  time: string;
  quota: number;
  free: number;
}

/** Of today; missed: who has not come and has no claim to the slot any more. */
export interface AppointmentFigures {
  booked: number;
  came: number;
  missed: number;
}
