"""Trains a network; stops and goes on as told.

    python train.py --config face --shards DIR... --state DIR --minutes 30 \
        --total-minutes 90
    python train.py --config lite --base SELFIE.safetensors --features DIR \
        --held DIR --state DIR --minutes 30 --total-minutes 90

The learning rate falls by how much of --total-minutes has been spent, over
all runs together; --minutes bounds this run. STATE/last.pt is written at the
end of each run (also when it is told to stop) and every few minutes; the next run goes on from it. The same
command runs on a GPU (bf16, all photos on the device) and on a CPU.
"""
import argparse
import copy
import json
import math
import pathlib
import signal
import time

import torch

import batches
import evaluate
import features
import losses
import model
import scene
import trunk
from frozen import OWN


TRUNK_RATE = .3  # of the head's


def arguments():
    parse = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parse.add_argument('--config', choices=model.CONFIGS, required=True)
    parse.add_argument('--shards', nargs='*', default=[],
                       help='of the face network')
    parse.add_argument('--features', help='of the parts network: collect.py')
    parse.add_argument('--held', help='its held-out pictures')
    parse.add_argument('--base', help='what it is tuned from: the weights '
                       'file of selfie_multiclass')
    parse.add_argument('--state', required=True)
    parse.add_argument('--minutes', type=float, required=True)
    parse.add_argument('--total-minutes', type=float, required=True)
    parse.add_argument('--steps', type=int, help='stop after so many')
    parse.add_argument('--init', help='a model.pt to begin with')
    parse.add_argument('--batch', type=int, help='default: 256, on a CPU 16')
    parse.add_argument('--rate', type=float, help='default: 2e-3, CPU 1e-3')
    parse.add_argument('--quantise-from', type=float, default=.85,
                       help='progress at which weights are rounded to int8')
    parse.add_argument('--eval-minutes', type=float, default=4)
    parse.add_argument('--eval-limit', type=int)
    parse.add_argument('--threads', type=int, default=1)
    parse.add_argument('--workers', type=int, help='default: 10, on a CPU 0')
    parse.add_argument('--seed', type=int, default=0)
    parse.add_argument('--compile', action='store_true')
    return parse.parse_args()


class Int8(torch.nn.Module):
    """Rounds a weight to the int8 steps that export.py will store, one scale
    an output channel; the gradient passes as if it did not."""

    def __init__(self, levels):
        super().__init__()
        self.levels = levels

    def forward(self, weight):
        flat = weight.flatten(1)
        step = (flat.abs().amax(1) / self.levels).clamp(min=1e-12)
        rounded = (flat / step[:, None]).round() * step[:, None]
        return weight + (rounded.view_as(weight) - weight).detach()


def quantise(network, own_levels):
    for name, part in network.named_modules():
        if isinstance(part, (torch.nn.Conv2d, torch.nn.Linear)) and \
                not torch.nn.utils.parametrize.is_parametrized(part):
            levels = trunk.LEVELS if name.startswith('trunk.') \
                else own_levels
            torch.nn.utils.parametrize.register_parametrization(
                part, 'weight', Int8(levels), unsafe=True)


def plain_state(network):
    """The state without the names that parametrisation adds."""
    return {k.replace('parametrizations.weight.original', 'weight'): v
            for k, v in network.state_dict().items()}


class Average:
    """Exponential moving average of the weights, for evaluation and
    export."""

    def __init__(self, network):
        self.network = copy.deepcopy(network).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, network, step):
        keep = min(.9997, (1 + step) / (12 + step))
        new = plain_state(network)
        for k, v in self.network.state_dict().items():
            if v.is_floating_point():
                v.lerp_(new[k], 1 - keep)
            else:
                v.copy_(new[k])


class Training:
    def __init__(self, args):
        self.args = args
        self.config = model.CONFIGS[args.config]
        self.face = args.config == 'face'
        cuda = torch.cuda.is_available()
        self.device = torch.device('cuda' if cuda else 'cpu')
        self.batch = args.batch or (256 if cuda else 16)
        self.rate = args.rate or (2e-3 if cuda else 1e-3)
        torch.set_num_threads(args.threads)
        torch.manual_seed(args.seed + int(time.time()))
        torch.backends.cudnn.benchmark = True
        torch.backends.cuda.matmul.allow_tf32 = True
        self.batches = self._faces() if self.face else features.Features(
            args.features, self.batch, int(time.time()))
        self.network = model.build(args.config, args.base)
        if args.init:
            self.network.load_state_dict(torch.load(
                args.init, map_location='cpu', weights_only=True)['ema'])
        self.network.to(self.device, memory_format=torch.channels_last)
        self.average = Average(self.network)
        self.loss = losses.PartLoss(self.face).to(self.device)
        self.optimizer = self._optimizer()
        self.spent, self.step, self.seen = 0.0, 0, 0
        self.state = pathlib.Path(args.state)
        self.state.mkdir(parents=True, exist_ok=True)
        self._resume()
        self.run = torch.compile(self.network) if args.compile \
            else self.network

    def _faces(self):
        shards = batches.load_shards(self.args.shards, sorted(scene.FACES))
        if not shards:
            raise SystemExit(f'no shards in {self.args.shards}')
        workers = self.args.workers if self.args.workers is not None \
            else 10 if self.device.type == 'cuda' else 0
        return batches.Batches(shards, self.config.size, True, self.batch,
                               int(time.time()), workers, self.device)

    def _optimizer(self):
        """Norms, biases and queries are not decayed; what was trained before
        learns slowly."""
        groups = {}
        for name, p in self.network.named_parameters():
            decay = .03 if p.ndim > 1 and 'query' not in name else 0
            share = TRUNK_RATE if name.startswith('trunk.') else 1
            groups.setdefault((decay, share), []).append(p)
        return torch.optim.AdamW(
            [{'params': some, 'weight_decay': decay, 'share': share}
             for (decay, share), some in groups.items()], lr=self.rate,
            betas=(.9, .98))

    def _resume(self):
        path = self.state / 'last.pt'
        if not path.exists():
            return
        saved = torch.load(path, map_location=self.device, weights_only=True)
        if saved['config'] != self.args.config:
            raise SystemExit(f'{path} is of {saved["config"]}')
        self.network.load_state_dict(saved['network'])
        self.average.network.load_state_dict(saved['ema'])
        self.optimizer.load_state_dict(saved['optimizer'])
        self.spent, self.step, self.seen = (saved[k] for k in (
            'spent', 'step', 'seen'))
        print(f'going on at step {self.step}, {self.spent / 60:.1f} min, '
              f'{self.seen} pictures')

    def save(self):
        new = self.state / 'new.pt'
        torch.save({'config': self.args.config,
                    'network': plain_state(self.network),
                    'ema': self.average.network.state_dict(),
                    'optimizer': self.optimizer.state_dict(),
                    'spent': self.spent, 'step': self.step,
                    'seen': self.seen}, new)
        new.rename(self.state / 'last.pt')
        # What evaluation and export need, small enough to travel.
        torch.save({'config': self.args.config, 'seen': self.seen, 'ema': {
            k: v.half() if v.is_floating_point() else v
            for k, v in self.average.network.state_dict().items()}},
            self.state / 'model.pt')

    def set_rate(self, progress):
        warm = min(1, (self.step + 1) / 300)
        fall = .5 * (1 + math.cos(math.pi * min(1, progress)))
        for group in self.optimizer.param_groups:
            group['lr'] = self.rate * group['share'] * warm * \
                (.99 * fall + .01)

    def forward(self):
        """-> the terms of the loss on the next batch"""
        if self.face:
            x, codes = self.batches.next()
            x = x.contiguous(memory_format=torch.channels_last)
            with self.fast():
                out = self.run(x)
            return losses.face_loss(out, codes, self.loss)
        inputs, asked, target = self.batches.next()
        inputs['prompt'] = asked.jittered().maps(inputs['image'].shape[2:])
        inputs = {k: v.to(self.device).contiguous(
            memory_format=torch.channels_last) for k, v in inputs.items()}
        own = {k: inputs.pop(k) for k in OWN}
        with self.fast():
            out = self.run(**inputs)
        return {**losses.body_loss(out, target.to(self.device), self.loss),
                'own': losses.own_loss(out, own)}

    def fast(self):
        return torch.autocast(self.device.type, torch.bfloat16,
                              enabled=fast_bf16(self.device))

    def one(self):
        terms = self.forward()
        loss = sum(terms.values())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 4)
        self.optimizer.step()
        self.step += 1
        self.seen += self.batch
        self.average.update(self.network, self.step)
        return {k: v.detach() for k, v in terms.items()}

    def train(self):
        args, begun, before = self.args, time.time(), self.spent
        since, shown, saved = begun, self.step, time.time()
        sums, first = {}, self.step
        self.network.train()
        stop = []
        for signal_ in signal.SIGTERM, signal.SIGINT:
            signal.signal(signal_, lambda *_: stop.append(True))
        while not stop:
            now = time.time()
            self.spent = before + now - begun
            progress = self.spent / (60 * args.total_minutes)
            if now - begun > 60 * args.minutes or progress >= 1 or \
                    (args.steps and self.step - first >= args.steps):
                break
            self.set_rate(progress)
            if progress > args.quantise_from:
                quantise(self.network, self.config.levels)
            for k, v in self.one().items():
                sums[k] = sums.get(k, 0) + v
            if time.time() - since > 20:
                torch.cuda.synchronize() if self.device.type == 'cuda' \
                    else None
                n = self.step - shown
                rate = n * self.batch / (time.time() - since)
                print(f'{self.spent / 60:6.1f} min step {self.step} '
                      f'{rate:.1f}/s ' + ' '.join(
                          f'{k} {float(v) / n:.3f}' for k, v in sums.items()),
                      flush=True)
                sums, since, shown = {}, time.time(), self.step
            if time.time() - saved > 60 * args.eval_minutes:
                self.evaluate()
                self.save()
                saved = since = time.time()
                shown, sums = self.step, {}
        self.save()
        if not stop:
            self.evaluate()

    def evaluate(self):
        value = evaluate.report(
            evaluate.as_masks(self.average.network), self.config,
            self.args.shards, self.args.held, self.args.eval_limit)
        with open(self.state / 'log.jsonl', 'a') as log:
            log.write(json.dumps({'minutes': self.spent / 60,
                                  'step': self.step, 'seen': self.seen,
                                  'miou': value}) + '\n')


def fast_bf16(device):
    """Emulated bf16 is many times slower than float32."""
    if device.type == 'cuda':
        return True
    flags = pathlib.Path('/proc/cpuinfo').read_text()
    return 'amx_bf16' in flags or 'avx512_bf16' in flags


if __name__ == '__main__':
    Training(arguments()).train()
