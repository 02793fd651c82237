export const integrity = {
  title: '',
};
