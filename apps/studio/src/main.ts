import { mount } from 'svelte';
import App from './shell/app.svelte';
import { applyTheme } from './shell/theme.svelte.js';
import { isStatic } from './store/site.js';
import { startServiceWorker } from './workers/start-worker.js';
import './styles/tokens.css';
import './styles/base.css';

if (isStatic) void startServiceWorker('offline.js');
applyTheme();
mount(App, { target: document.getElementById('studio')! });
