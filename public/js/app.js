import '../vendor/turbo.js';
