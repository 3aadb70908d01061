import { render } from "preact";
import { App } from "./app.tsx";
import { followLinks } from "./state/location.ts";
import { viewOf } from "./views.ts";
import { makeTextVisible } from "./visible-text.ts";

makeTextVisible();

followLinks((path) => viewOf(path) !== undefined);

const root = document.getElementById("app");
if (root) render(<App />, root);
