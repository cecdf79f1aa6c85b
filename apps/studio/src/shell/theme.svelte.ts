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

export const theme = {
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

export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (chosen === 'system') delete dataset.theme;
  else dataset.theme = chosen;
}
