export const grids = {
  title: '',
};
