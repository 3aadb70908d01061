import { systemClock } from "../../core/clock.ts";
import { createPoster } from "../../notify/poster.ts";
import { createSender, type Send } from "../../notify/sender.ts";
import { mailer } from "./mail.ts";

export const sender = (): Send =>
  createSender({ poster: createPoster(), mailer: mailer(), clock: systemClock });
