export { noteAnswer, noteSilence } from "../../../apps/console/api/connection.ts";
export { ApiError } from "../../../apps/console/api/error.ts";
export { poll } from "../../../apps/console/api/poll.ts";
