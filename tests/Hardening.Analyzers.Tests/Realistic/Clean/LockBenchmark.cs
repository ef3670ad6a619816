using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;

namespace Bench
{
    internal sealed class Result
    {
        public Result(string name, int threads, double nanoseconds)
        {
            Name = name;
            Threads = threads;
            Nanoseconds = nanoseconds;
        }

        public string Name { get; }

        public int Threads { get; }

        public double Nanoseconds { get; }
    }

    /// <summary>How long a counter takes under contention, in four ways.</summary>
    internal static class LockBenchmark
    {
        private const int Rounds = 1_000_000;

        private static readonly object s_monitor = new object();
        private static readonly SemaphoreSlim s_semaphore = new SemaphoreSlim(1, 1);
        private static SpinLock s_spin = new SpinLock(enableThreadOwnerTracking: false);
        private static long s_counter;

        private static int Main(string[] args)
        {
            int most = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Environment.ProcessorCount;
            List<Result> results = new List<Result>();
            for (int threads = 1; threads <= Math.Min(most, 64); threads *= 2)
            {
                results.Add(Measure("interlocked", threads, () => Interlocked.Increment(ref s_counter)));
                results.Add(Measure("monitor", threads, WithMonitor));
                results.Add(Measure("spin", threads, WithSpin));
                results.Add(Measure("semaphore", threads, WithSemaphore));
            }

            foreach (Result result in results)
            {
                Console.WriteLine("{0,-12} {1,3} {2,10:F1} ns", result.Name, result.Threads, result.Nanoseconds);
            }

            return 0;
        }

        private static Result Measure(string name, int threads, Action action)
        {
            Thread[] workers = new Thread[threads];
            using (Barrier barrier = new Barrier(threads + 1))
            {
                for (int i = 0; i < threads; i++)
                {
                    workers[i] = new Thread(() =>
                    {
                        barrier.SignalAndWait();
                        for (int round = 0; round < Rounds; round++)
                        {
                            action();
                        }
                    });
                    workers[i].IsBackground = true;
                    workers[i].Start();
                }

                Stopwatch watch = Stopwatch.StartNew();
                barrier.SignalAndWait();
                foreach (Thread worker in workers)
                {
                    worker.Join();
                }

                return new Result(name, threads, watch.Elapsed.TotalMilliseconds * 1e6 / Rounds / threads);
            }
        }

        private static void WithMonitor()
        {
            lock (s_monitor)
            {
                s_counter++;
            }
        }

        private static void WithSpin()
        {
            bool taken = false;
            try
            {
                s_spin.Enter(ref taken);
                s_counter++;
            }
            finally
            {
                if (taken)
                {
                    s_spin.Exit();
                }
            }
        }

        private static void WithSemaphore()
        {
            s_semaphore.Wait();
            try
            {
                s_counter++;
            }
            finally
            {
                s_semaphore.Release();
            }
        }
    }
}
