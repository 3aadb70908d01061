import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../components/icon.tsx";
import { Logo } from "../components/logo.tsx";
import { path } from "../state/location.ts";
import { signOut } from "../state/session.ts";
import { viewOf, views } from "../views.ts";
import { Connection } from "./connection.tsx";
import { ThemeSwitch, ZoneSwitch } from "./switches.tsx";
import { ViewOutlet } from "./view-outlet.tsx";

export function Frame() {
  const [menuOpen, setMenuOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const place = viewOf(path.value);

  useEffect(() => setMenuOpen(false), [path.value]);

  return (
    <div class={`frame${menuOpen ? " menu-open" : ""}`}>
      <button type="button" class="skip-link" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header class="bar">
        <button
          type="button"
          class="icon-button menu-button"
          aria-label="Menu"
          aria-expanded={menuOpen}
          aria-controls="navigation"
          onClick={() => setMenuOpen(!menuOpen)}
        >
          <Icon name={menuOpen ? "close" : "menu"} />
        </button>
        <a href="/" class="home" aria-label="telemetry-bus, overview">
          <Logo />
        </a>
        <div class="bar-end">
          <Connection />
          <ZoneSwitch />
          <ThemeSwitch />
          <button
            type="button"
            class="icon-button"
            aria-label="Sign out"
            title="Sign out"
            onClick={() => signOut()}
          >
            <Icon name="out" />
          </button>
        </div>
      </header>
      <nav id="navigation" class="navigation" aria-label="Views">
        <div class="navigation-inner">
          <ul>
            {views.map((view) => (
              <li key={view.path}>
                <a href={view.path} aria-current={view === place?.view ? "page" : undefined}>
                  <Icon name={view.icon} />
                  {view.title}
                </a>
              </li>
            ))}
          </ul>
          <p class="navigation-end">
            <a href="/docs" target="_blank" rel="noreferrer">
              API reference
            </a>
          </p>
        </div>
      </nav>
      <main ref={main} tabIndex={-1}>
        {place ? (
          <ViewOutlet view={place.view} rest={place.rest} />
        ) : (
          <div class="state">
            <h1>There is nothing at this address</h1>
            <p>
              <a href="/">To the overview</a>
            </p>
          </div>
        )}
      </main>
    </div>
  );
}
