import { Component, type ComponentChildren, type ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../components/button.tsx";
import { Loading } from "../components/states.tsx";
import type { View, ViewProps } from "../views.ts";

interface Loaded {
  view: View;
  Content?: ComponentType<ViewProps>;
  failed?: boolean;
}

/** Loads a view's code and shows it. A view that throws leaves the frame standing. */
export function ViewOutlet({ view, rest }: { view: View } & ViewProps) {
  const [loaded, setLoaded] = useState<Loaded>({ view });

  useEffect(() => {
    let current = true;
    view.load().then(
      (module) => current && setLoaded({ view, Content: module.default }),
      () => current && setLoaded({ view, failed: true }),
    );
    return () => {
      current = false;
    };
  }, [view]);

  if (loaded.view !== view) return <Loading />;
  if (loaded.failed)
    return <Broken>Its code could not be loaded: there is no connection, or a newer build.</Broken>;
  if (!loaded.Content) return <Loading />;
  return (
    <Boundary key={view.path}>
      <loaded.Content rest={rest} />
    </Boundary>
  );
}

class Boundary extends Component<{ children: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };

  override componentDidCatch(error: unknown): void {
    this.setState({ broken: true });
    reportError(error);
  }

  override render() {
    return this.state.broken ? <Broken>This is a fault of the console.</Broken> : this.props.children;
  }
}

function Broken({ children }: { children: ComponentChildren }) {
  return (
    <div class="state failure" role="alert">
      <p>
        <strong>This view does not work</strong>
      </p>
      <p>{children}</p>
      <Button small onClick={() => location.reload()}>
        Load the page again
      </Button>
    </div>
  );
}
