/** The frame around all views: where one is, where one can go, and whether what is shown is fresh. */

import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { Link, Route, Switch, useLocation } from "wouter-preact";
import { ROUTES, type Route as RouteOf } from "./routes";
import { followDocks } from "./state/docks";
import { connectLive, link } from "./state/live";
import { followMe } from "./state/me";
import { may, me, signOut } from "./state/session";
import { Age, Button } from "./ui";

const LOADED = ROUTES.map((route) => ({ ...route, view: lazy(route.load) }));

export function Shell() {
  useEffect(() => {
    const ends = [connectLive(), followDocks(), followMe()];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Navigation />
      <Fresh />
      <main id="main" tabIndex={-1}>
        <Suspense fallback={<p class="dim pad">Loading…</p>}>
          <Switch>
            {LOADED.map(({ path, view: View }) => (
              <Route key={path} path={path} component={View} />
            ))}
            <Route>
              <p class="pad">
                There is nothing here. <Link href="/">Go to the docks</Link>
              </p>
            </Route>
          </Switch>
        </Suspense>
      </main>
    </div>
  );
}

function Navigation() {
  const [at] = useLocation();
  const shown = ROUTES.filter(({ name, least }) => name && (!least || may(least)));
  const seldom = shown.filter((route) => route.more);
  return (
    <nav aria-label="Main">
      <strong class="brand">ARGUS Dock</strong>
      <Entries of={shown.filter((route) => !route.more)} at={at} />
      {seldom.length > 0 && <More of={seldom} at={at} />}
      <div class="who">
        <span title={`Organisation ${me.value?.org}`}>{me.value?.user}</span>
        <span class="dim">{me.value?.role}</span>
        <Button onClick={() => signOut()}>Sign out</Button>
      </div>
    </nav>
  );
}

const WIDE = "(min-width: 60.01rem)"; // as in base.css: there it folds open, on a narrow page it lies over what is below

function More({ of, at }: { of: RouteOf[]; at: string }) {
  const box = useRef<HTMLDetailsElement>(null);
  const within = of.some((route) => isHere(route, at));
  const close = () => {
    if (box.current) box.current.open = false;
  };
  useEffect(() => {
    if (box.current) box.current.open = within && matchMedia(WIDE).matches;
  }, [at, within]);
  return (
    <details
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !box.current?.open) return;
        close();
        box.current.querySelector("summary")?.focus();
      }}
    >
      <summary data-here={within || undefined}>More</summary>
      <Entries of={of} at={at} />
    </details>
  );
}

const isHere = ({ path }: RouteOf, at: string): boolean =>
  path === "/" ? at === "/" || at.startsWith("/docks") : at === path || at.startsWith(`${path}/`);

function Entries({ of, at }: { of: RouteOf[]; at: string }) {
  return (
    <ul>
      {of.map((route) => (
        <li key={route.path}>
          <Link href={route.path} aria-current={isHere(route, at) ? "page" : undefined}>
            {route.name}
            {route.count && route.count.value > 0 && (
              <span class="count" title={`${route.count.value} ${route.counted}`}>
                {route.count.value}
                <span class="unseen"> {route.counted}</span>
              </span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Said at once when live pictures stop: what is on screen grows old. */
function Fresh() {
  if (link.value.up) return null;
  return (
    <div class="banner" role="status">
      No live pictures since <Age at={link.value.since} />: what you see may be old. Connecting again…
    </div>
  );
}
