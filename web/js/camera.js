// The camera dialog of machines whose file picker has no camera of its own.
import { $ } from './dom.js';

/** A File with the photo, or null. */
export async function openCamera() {
  const dialog = $('camera-dialog');
  const video = $('camera-video');
  let stream = null;
  let facing = 'user';

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
  };
  const start = async () => {
    stop();
    $('camera-problem').textContent = '';
    $('camera-shoot').disabled = true;
    try {
      const wanted = { facingMode: facing, width: { ideal: 2560 }, height: { ideal: 1440 } };
      stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
      if (!dialog.open) return stop();
      video.srcObject = stream;
      video.classList.toggle('mirrored', facing === 'user'); // as a mirror shows it; the photo is not mirrored
      await video.play();
      $('camera-shoot').disabled = false;
      const devices = await navigator.mediaDevices.enumerateDevices();
      $('camera-turn').hidden = devices.filter(({ kind }) => kind === 'videoinput').length < 2;
    } catch (error) {
      $('camera-problem').textContent = error.name === 'NotAllowedError'
        ? 'The camera is blocked for this page. Allow it in the address bar, or choose a photo instead.'
        : 'No camera could be opened. You can choose a photo instead.';
    }
  };

  dialog.showModal();
  void start();
  const photo = await new Promise((resolve) => {
    $('camera-close').onclick = () => resolve(null);
    dialog.oncancel = () => resolve(null);
    dialog.onclose = () => resolve(null);
    $('camera-turn').onclick = () => {
      facing = facing === 'user' ? 'environment' : 'user';
      void start();
    };
    $('camera-shoot').onclick = () => resolve(shoot(video));
  });
  stop();
  dialog.close();
  return photo;
}

async function shoot(video) {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d').drawImage(video, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
  return new File([blob], 'camera.jpg', { type: blob.type });
}
