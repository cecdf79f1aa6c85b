/** Light, dark, or as the system has it (kept in the browser). */
export type Theme = 'system' | 'light' | 'dark';

const key = 'studio-theme';
let chosen = $state<Theme>(stored());

function stored(): Theme {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    // Storage may be forbidden.
    return 'system';
  }
}

const darkSystem = globalThis.matchMedia?.('(prefers-color-scheme: dark)');
let systemIsDark = $state(darkSystem?.matches ?? false);
darkSystem?.addEventListener('change', ({ matches }) => {
  systemIsDark = matches;
  applyTheme();
});

export const theme = {
  /** What is seen; for what draws by itself (a canvas). */
  get isDark(): boolean {
    return chosen === 'system' ? systemIsDark : chosen === 'dark';
  },
  get chosen(): Theme {
    return chosen;
  },
  choose(next: Theme): void {
    chosen = next;
    try {
      localStorage.setItem(key, next);
    } catch {
      // it holds until the page is closed
    }
    applyTheme();
  },
};

/** Until it is called the page has the browser's own ground, light or dark as the system is. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = theme.isDark ? 'dark' : 'light';
}
