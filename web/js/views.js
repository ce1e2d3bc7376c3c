// The ways to look at a result. Each has an id, a name for its tab, and open(context), which fills the panel and
// returns a function that undoes what it did outside of the panel. Tabs show up as soon as there are two.
import { figureView } from './figure.js';
import { mapView } from './map-view.js';
import { studioView } from './studio.js';

export const views = [mapView, studioView, figureView];
