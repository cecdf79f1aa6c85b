import { mount } from 'svelte';
import App from './shell/app.svelte';
import { applyTheme } from './shell/theme.svelte.js';
import './styles/tokens.css';
import './styles/base.css';

applyTheme();
mount(App, { target: document.getElementById('studio')! });
