import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { hrefOf, lasting, useAddress } from './address.ts';
import { isExport, useLive } from './ask.ts';
import { Follow } from './follow.tsx';
import { pages } from './pages/registry.ts';

/** What surrounds every page: where one is, where one can go, and whether the studio still answers. */
export function Shell() {
  const { page: name, run, query } = useAddress();
  const { version, lost } = useLive(run);
  const page = pages.find((one) => one.name === name && one.ofRun === (run !== ''));
  const main = useRef<HTMLElement>(null);
  const place = `${name} ${run}`;
  const last = useRef(place);

  // Where tabs are wider than the screen, the one that is open is seen, also when a scroll bar comes beside the page.
  const tabs = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    const list = tabs.current;
    if (list === null) return;
    showOpenTab(list);
    const resized = new ResizeObserver(() => showOpenTab(list));
    resized.observe(list);
    return () => resized.disconnect();
  }, [place]);

  // Whoever goes to another page by keyboard or hears the page goes on at its beginning.
  useEffect(() => {
    document.title = [page?.title, run, 'antitransfer studio'].filter(Boolean).join(' · ');
    if (last.current !== place) main.current?.focus();
    last.current = place;
  }, [page, run, place]);

  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <a class="home" href={hrefOf({ page: 'runs', run: '', query: {} })}>
          antitransfer <b>studio</b>
        </a>
        {run !== '' && (
          <nav aria-label="Comparison">
            <span class="run">{run}</span>
            <ul ref={tabs}>
              {pages
                .filter(({ ofRun }) => ofRun)
                .map((one) => (
                  <li key={one.name}>
                    <a
                      href={hrefOf({ page: one.name, run, query: lasting(query) })}
                      aria-current={one.name === name ? 'page' : undefined}
                    >
                      {one.title}
                    </a>
                  </li>
                ))}
            </ul>
          </nav>
        )}
      </header>
      {query.follow !== undefined && !isExport && <Follow run={run} />}
      {lost && (
        <p class="lost" role="alert">
          The studio does not answer. It has ended, or this machine was asleep; nothing is lost. Start it
          again with “antitransfer studio” and open the address that it prints.
        </p>
      )}
      <main id="main" tabIndex={-1} ref={main}>
        {page === undefined ? (
          <p>
            There is no such page. <a href="#/">All comparisons</a>
          </p>
        ) : (
          <page.View key={place} run={run} query={query} version={version} />
        )}
      </main>
    </>
  );
}

/** The tabs alone move, the page stays where it is. */
function showOpenTab(list: HTMLElement): void {
  const open = list.querySelector('[aria-current]');
  if (open === null) return;
  const [room, tab] = [list.getBoundingClientRect(), open.getBoundingClientRect()];
  if (tab.right > room.right) list.scrollLeft += tab.right - room.right;
  if (tab.left < room.left) list.scrollLeft -= room.left - tab.left;
}
