using System.Diagnostics;

namespace Platform.Tool.Display;

/// <summary>
/// Says what was done and how long it took: one line per finished step, and on a terminal a last line that shows what is under way.
/// </summary>
public sealed class Progress : IDisposable
{
    private readonly TextWriter output;
    private readonly ITimer? redraw;
    private readonly Lock gate = new();
    private readonly List<Step> open = [];
    private readonly long start = Stopwatch.GetTimestamp();

    /// <param name="output">Where the lines go.</param>
    /// <param name="live">Whether the output is a terminal that can overwrite its last line.</param>
    /// <param name="clock">Ticks for the live line.</param>
    public Progress(TextWriter output, bool live, TimeProvider clock)
    {
        this.output = output;
        var period = TimeSpan.FromMilliseconds(100);
        redraw = live ? clock.CreateTimer(_ => Redraw(), null, period, period) : null;
    }

    public static Progress None { get; } = new(TextWriter.Null, live: false, TimeProvider.System);

    /// <summary>Since this progress began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(start);

    /// <param name="done">What to say at the end, as in "started".</param>
    /// <param name="what">The thing, as in "rabbitmq".</param>
    public Step Begin(string done, string what)
    {
        var step = new Step(this, done, what);
        lock (gate)
        {
            open.Add(step);
        }

        return step;
    }

    /// <summary>A line without a time.</summary>
    public void Note(string text) => Print("  " + text);

    public void Print(string text)
    {
        lock (gate)
        {
            Erase();
            output.WriteLine(text);
            output.Flush();
        }
    }

    public void Dispose()
    {
        redraw?.Dispose();
        lock (gate)
        {
            Erase();
            open.Clear();
        }
    }

    private void Erase()
    {
        if (redraw is not null)
        {
            output.Write("\r\x1b[K");
        }
    }

    private void Redraw()
    {
        lock (gate)
        {
            if (open.Count > 0)
            {
                Erase();
                output.Write($"  … {string.Join(", ", open.Select(step => $"{step.What} {step.Seconds}"))}");
                output.Flush();
            }
        }
    }

    /// <summary>Something that takes a while. Disposed without <see cref="Done"/>, it failed, and whoever failed says so.</summary>
    public sealed class Step : IDisposable
    {
        private readonly Progress progress;
        private readonly string done;
        private readonly long start = Stopwatch.GetTimestamp();

        internal Step(Progress progress, string done, string what)
        {
            this.progress = progress;
            this.done = done;
            What = what;
        }

        public string What { get; }
        internal string Seconds => Durations.Seconds(Stopwatch.GetElapsedTime(start));

        public void Done(string? fact = null)
        {
            Dispose();
            progress.Print($"  {done} {What} … {Seconds}{(fact is null ? "" : "  " + fact)}");
        }

        public void Dispose()
        {
            lock (progress.gate)
            {
                progress.open.Remove(this);
            }
        }
    }
}
