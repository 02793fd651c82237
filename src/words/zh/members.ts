export const members = {
  title: '',
};
